// The compiled schema of reports, for those that are read from disk. The build puts a validator compiled beforehand in this module's place.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../schemas/report.schema.json' with { type: 'json' };

const compiled = new Ajv2020({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(schema);

/** The first thing that is wrong with a report; null when nothing is. */
export function reportError(value: unknown): Pick<ErrorObject, 'instancePath' | 'keyword' | 'params'> | null {
  return compiled(value) ? null : (compiled.errors?.[0] ?? null);
}
