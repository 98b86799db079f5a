/**
 * `npm run sample:scale-out`: one node grows to nine in three clusters while orders come in, three are drained and leave, one is killed. Ends with `lost 0, run twice 0`,
 * and with 1 if it is anything else. Other sizes: `npm run sample:scale-out -- 1 6`.
 */
import { Screen } from './screen.js';
import { ScaleOut } from './scale-out.js';
import { reportOf } from './table.js';

const SIZES = [1, 3, 6, 9];
/** So that a cluster of three is left with a node more, once a third has left and one is killed. */
const LAST_MIN = 6;

function sizesOf(words: readonly string[]): readonly number[] {
  const sizes = words.length === 0 ? SIZES : words.map(Number);
  const isAscending = sizes.every((size, i) => Number.isSafeInteger(size) && size > (sizes[i - 1] ?? 0));
  if (!isAscending || sizes.at(-1)! < LAST_MIN)
    throw new Error(`expected ascending numbers of nodes, the last one ${LAST_MIN} or more, got: ${words.join(' ')}`);
  return sizes;
}

async function main(): Promise<boolean> {
  const screen = new Screen();
  const story = new ScaleOut(sizesOf(process.argv.slice(2)), screen);
  const interrupted = (): void => void story.close().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted).once('SIGHUP', interrupted);
  try {
    const report = await story.run();
    await story.close();
    screen.write([...reportOf(report), ...report.findings.map((finding) => `  ! ${finding}`)]);
    screen.write([`lost ${report.lost}, run twice ${report.runTwice}`]);
    return report.lost === 0 && report.runTwice === 0 && report.findings.length === 0;
  } catch (error) {
    const words = story.lastWords();
    await story.close();
    screen.write(['', ...words, '', `it did not end: ${(error as Error).message}`]);
    return false;
  }
}

main().then(
  (isWell) => process.exit(isWell ? 0 : 1),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
