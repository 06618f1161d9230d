// How the test of the single executable runs: by itself, because what it builds is large.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { shellText } from '../../vitest.config.ts';

export default defineConfig({
  plugins: [shellText],
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/sea/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
