/** The place, from 1, of a quantile among so many samples in ascending order: ceil(q · n), and the first for q = 0. */
export function nearestRank(ppm: number, count: number): number {
  return Math.max(1, Math.ceil((ppm * count) / 1_000_000));
}
