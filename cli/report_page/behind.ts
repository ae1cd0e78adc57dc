/** Numbers that tell which command shows the requests behind them. */
import { found } from "./elements.ts";

/** Makes the page's numbers tell it. */
export function tellCommands(): void {
  const bar = found(document, "#behind");
  const command = found(bar, "#behind-command");
  const copy = found(bar, "#behind-copy");
  let from: HTMLElement | null = null;
  const close = () => {
    if (bar.hidden) return;
    bar.hidden = true;
    from?.focus();
  };
  document.addEventListener("click", ({ target }) => {
    const number = target instanceof Element ? target.closest<HTMLElement>("[data-inspect]") : null;
    if (number === null) return;
    from = number;
    bar.hidden = false;
    found(bar, "#behind-number").textContent = number.textContent;
    command.textContent = `z6c inspect LEDGER ${number.dataset.inspect}`;
    copy.textContent = "Copy";
  });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent ?? "");
      copy.textContent = "Copied";
    } catch {
      // Not allowed: what is selected can be copied by hand.
      getSelection()?.selectAllChildren(command);
    }
  });
  found(bar, "#behind-close").addEventListener("click", close);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
}
