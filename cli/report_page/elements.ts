/** Elements of the page. */

/** What must be there. */
export function found(within: ParentNode, selector: string): HTMLElement {
  const element = within.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
  return element;
}

/** With its attributes and its text. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  text: string,
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
