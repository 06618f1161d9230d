// How the live tests run: one file after the other, because each starts API servers of its own.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { shellText } from '../../vitest.config.ts';

export default defineConfig({
  plugins: [shellText],
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/live/**/*.test.ts'],
    setupFiles: ['test/kit/seed.ts'],
    globalSetup: ['test/live/setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
