// The browser in which the tests open the HTML report.
import { fileURLToPath } from 'node:url';
import { program } from './debian.mjs';

/** Path of Chromium; sets CHROMIUM for the tests. */
export async function ensureChromium() {
  const path =
    process.env.CHROMIUM ?? program(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');
  process.env.CHROMIUM = path;
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await ensureChromium());
