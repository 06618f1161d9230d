// What every source of cluster state gives, whatever it reads: facts, problems and, late, positions. Types only.

import type { Intake } from '../model/objects/intake.ts';
import type { Evidence } from '../model/resource.ts';
import type { Excerpt, Location, Problem } from '../report/report.ts';
import type { IgnoreComment } from './ignores.ts';

/** The state of all clusters as it was read. */
export interface Input {
  /** Sorted by name; no name twice. */
  readonly clusters: readonly Intake[];
  /** What could not be read or understood, sorted. Data, not exceptions. */
  readonly problems: readonly Problem[];
  readonly files: number;
  /** Comments that suppress findings. */
  readonly ignores: readonly IgnoreComment[];
  /** When the latest snapshot among the clusters was taken, in milliseconds; null where there is none. */
  readonly taken: number | null;
  /** Turns places into lines and columns. Called once, with all evidence that is reported. */
  locate(evidence: readonly Evidence[]): ReadonlyMap<Evidence, Placed>;
  /** The first character of a cluster's first file in path order; null for a cluster without files. */
  firstFile(cluster: string): Placed | null;
  /** What stands around a place that is in no object, such as a comment; null where it cannot be shown. */
  excerptAt(location: Location): Excerpt | null;
}

/** Where a piece of evidence stands. */
export interface Placed {
  readonly location: Location;
  readonly excerpt: Excerpt | null;
}

/** Wrong use: a missing path, a name given twice. Ends in one line and exit code 2. */
export class UsageError extends Error {}
