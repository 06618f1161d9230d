// Meshes for tests, built from manifests by the very code that builds them from files.

import { type BuiltMesh, buildMesh, type MeshOptions } from '../../src/model/build.ts';
import type { Mesh, Section } from '../../src/model/mesh.ts';
import { type Intake, kindOfPath, newIntake, take } from '../../src/model/objects/intake.ts';
import { newReading } from '../../src/model/objects/reading.ts';
import { parseVersion } from '../../src/model/platform/version.ts';
import type { Location } from '../../src/report/report.ts';
import type { Input } from '../../src/source/source.ts';
import { parseSingle, readText } from '../../src/source/yaml.ts';
import type { Manifest } from './objects.ts';

/** What a cluster's export holds: objects, YAML text, or several files by name (`ippools.yaml`: text or objects). */
export type ClusterState = readonly Manifest[] | string | Readonly<Record<string, string | readonly unknown[]>>;

export interface KitOptions {
  readonly routing?: 'overlay' | 'underlay';
  readonly calicoVersion?: string;
  readonly beforePeering?: boolean;
  /** RFC 3339; 2026-01-01T00:00:00Z unless given. */
  readonly at?: string;
  /** Pools that take no part in the mesh, as `cluster/name`. */
  readonly leftOut?: readonly string[];
}

/** The mesh of the given clusters, in the order given. */
export function build(clusters: Readonly<Record<string, ClusterState>>, options: KitOptions = {}): BuiltMesh {
  return buildMesh(
    Object.entries(clusters).map(([name, state]) => intakeOf(name, state)),
    meshOptions(options),
  );
}

/** The mesh in its most likely reading. */
export function mesh(clusters: Readonly<Record<string, ClusterState>>, options: KitOptions = {}): Mesh<Section> {
  const built = build(clusters, options);
  return built.read(built.routing.value, built.version.texts[0]);
}

export function meshOptions(options: KitOptions): MeshOptions {
  return {
    routing: options.routing ?? null,
    calicoVersion: options.calicoVersion === undefined ? null : parseVersion(options.calicoVersion),
    beforePeering: options.beforePeering ?? false,
    at: Date.parse(options.at ?? '2026-01-01T00:00:00Z'),
    isLeftOut: (cluster, pool) => options.leftOut?.includes(`${cluster}/${pool}`) ?? false,
  };
}

/** Input of manifests. Nothing has a place in a file, or, with `location`, everything that was read has this one. */
export function inputOf(clusters: Readonly<Record<string, ClusterState>>, location: Location | null = null): Input {
  return {
    clusters: Object.entries(clusters).map(([name, state]) => intakeOf(name, state)),
    problems: [],
    taken: null,
    files: 0,
    ignores: [],
    locate: (evidence) => {
      const read = location === null ? [] : evidence.filter(({ ref }) => ref.origin !== null);
      return new Map(read.map((e) => [e, { location: location as Location, excerpt: null }]));
    },
    firstFile: () => null,
    excerptAt: () => null,
  };
}

/** The facts of one cluster. Throws where an object is not of its kind's shape: a test's input is meant to be read. */
export function intakeOf(name: string, state: ClusterState): Intake {
  const intake = newIntake(name);
  const reading = newReading(parseSingle);
  const files: readonly (readonly [string, string | readonly unknown[]])[] =
    typeof state === 'string' || Array.isArray(state)
      ? [['export.yaml', state as string | readonly unknown[]]]
      : Object.entries(state as Readonly<Record<string, string | readonly unknown[]>>);
  for (const [index, [file, content]] of files.entries()) {
    const values = typeof content === 'string' ? [...readText(content)].map((d) => d.value) : content;
    for (const [document, value] of values.entries()) {
      const uri = `${name}/${file}`;
      const { faults } = take(intake, { value, file: index, document, named: kindOfPath(file), uri }, reading);
      if (faults.length > 0) throw new Error(`${uri}: ${faults[0]?.why}`);
    }
  }
  return intake;
}
