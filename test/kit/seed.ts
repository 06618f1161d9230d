// Properties are tested with the same values in every run; `SEED=…` tries others.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
