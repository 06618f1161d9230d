// Calico Enterprise versions. No I/O.

/** A version as written, and its parts. `v3.22.0-1.0` is an early preview of 3.22.0 (docs, release notes). */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** Null for a version without a patch number (`3.21`). */
  readonly patch: number | null;
  /** What follows the patch number, without its dash; '' for a release. */
  readonly suffix: string;
}

/** Reads `v3.19.4`, `3.22.0-1.0`, `v3.21`; null for anything that is not a version (`master`, a digest). */
export function parseVersion(text: string): Version | null {
  const match = /^v?(\d{1,3})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+.]([0-9A-Za-z.+-]+))?$/.exec(text.trim());
  if (!match) return null;
  const [, major, minor, patch, suffix] = match;
  return {
    text: text.trim(),
    major: Number(major),
    minor: Number(minor),
    patch: patch === undefined ? null : Number(patch),
    suffix: suffix ?? '',
  };
}

/** Orders by major, then minor, then patch; a preview comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    (a.patch ?? 0) - (b.patch ?? 0) ||
    Number(a.suffix === '') - Number(b.suffix === '') ||
    (a.suffix < b.suffix ? -1 : Number(a.suffix > b.suffix))
  );
}

/** Is the version at least `major.minor`? */
export function isAtLeast(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
