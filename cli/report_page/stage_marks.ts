/** Stages on a time axis: a line where each begins, its name, and warm-up in grey. */
import type uPlot from "uplot";
import type { PageFacts } from "../../runtime/report/html/page_facts.ts";
import type { Colours } from "./colours.ts";

const SECOND = 1_000_000;

export function drawStages(u: uPlot, { stages }: PageFacts, colours: Colours): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const { min = 0, max = 0 } = u.scales.x;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
  ctx.textBaseline = "bottom";
  ctx.textAlign = "left";
  let free = bbox.left;
  for (const { name, warmup, startTick, lengthTicks } of stages) {
    const from = startTick / SECOND;
    const to = lengthTicks === 0 ? max : (startTick + lengthTicks) / SECOND;
    if (to < min || from > max) continue;
    const left = Math.round(u.valToPos(Math.max(from, min), "x", true));
    const right = Math.round(u.valToPos(Math.min(to, max), "x", true));
    if (warmup) {
      ctx.fillStyle = colours.warmup;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.strokeStyle = colours.line;
    ctx.lineWidth = ratio;
    if (from > min) {
      ctx.beginPath();
      ctx.moveTo(left + 0.5, bbox.top - 12 * ratio);
      ctx.lineTo(left + 0.5, bbox.top + bbox.height);
      ctx.stroke();
    }
    const wanted = left + 4 * ratio;
    const width = ctx.measureText(name).width;
    if (wanted >= free && wanted + width <= Math.max(right, left + 40 * ratio) + 30 * ratio) {
      if (wanted + width > bbox.left + bbox.width) continue;
      ctx.fillStyle = colours.quiet;
      ctx.fillText(name, wanted, bbox.top - 2 * ratio);
      free = wanted + width + 6 * ratio;
    }
  }
  ctx.restore();
}
