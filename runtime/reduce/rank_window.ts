/** Where a wanted quantile lies: it is the `rank`-th smallest (from 1) of the samples in [low, low + width). */
export type RankWindow = Readonly<{ ppm: number; low: number; width: number; rank: number }>;
