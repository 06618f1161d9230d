// The compiled schemas of schemas/resources/, one per kind. The build puts validators compiled beforehand in this module's place, so that
// the published program does not carry the compiler: keep it to what that replacement can do.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { schemas } from './schemas.ts';

/** A validator as Ajv makes it: after a call that returned false, `errors` holds the first error. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly Pick<ErrorObject, 'instancePath' | 'keyword' | 'params'>[] | null;
}

const ajv = new Ajv2020({ allowUnionTypes: true });
ajv.addSchema([...schemas]);

/** The validator of a kind, compiled when it is first asked for; null for a kind without a schema. */
export function validator(kind: string): Validator | null {
  return ajv.getSchema(`${kind}.json`) ?? null;
}
