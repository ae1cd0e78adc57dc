/** A timeline as text for a page, and back. */
import { COLUMN_NAMES, type Spectrum, type Timeline, type TimelineColumn } from "../../reduce/timeline.ts";
import { Packer, Unpacker } from "./packed.ts";

/** Base64. */
export function packTimeline({ widthTicks, length, heatStretches, columns, spectra }: Timeline): string {
  const packer = new Packer();
  for (const number of [widthTicks, length, heatStretches, columns.length]) packer.number(number);
  for (const { name, flow, step, stage, outcome, code, from, values } of columns) {
    const part = [COLUMN_NAMES.indexOf(name), flow + 1, step + 1, stage + 1, outcome + 1, code, from];
    for (const number of part) packer.number(number);
    packer.series(values);
  }
  packer.number(spectra.length);
  for (const { flow, step, stage, count, ticks } of spectra) {
    for (const number of [flow + 1, step + 1, stage + 1, count]) packer.number(number);
    packer.series(ticks);
  }
  return packer.text();
}

/** What `packTimeline` made. */
export function unpackTimeline(text: string): Timeline {
  const packed = new Unpacker(text);
  const [widthTicks, length, heatStretches] = [packed.number(), packed.number(), packed.number()];
  const columns = Array.from({ length: packed.number() }, (): TimelineColumn => ({
    name: COLUMN_NAMES[packed.number()],
    flow: packed.number() - 1,
    step: packed.number() - 1,
    stage: packed.number() - 1,
    outcome: packed.number() - 1,
    code: packed.number(),
    from: packed.number(),
    values: packed.series(),
  }));
  const spectra = Array.from({ length: packed.number() }, (): Spectrum => ({
    flow: packed.number() - 1,
    step: packed.number() - 1,
    stage: packed.number() - 1,
    count: packed.number(),
    ticks: packed.series(),
  }));
  return { widthTicks, length, heatStretches, columns, spectra };
}
