// The schema of the configuration, compiled. The build puts a validator compiled beforehand in this module's place.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../schemas/config.schema.json' with { type: 'json' };

export { schema };

const compiled = new Ajv2020({ allowUnionTypes: true }).compile(schema);

/** The first thing that is wrong with a configuration; null when nothing is. */
export function configError(value: unknown): Pick<ErrorObject, 'instancePath' | 'keyword' | 'params'> | null {
  return compiled(value) ? null : (compiled.errors?.[0] ?? null);
}
