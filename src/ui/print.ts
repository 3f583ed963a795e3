import pc from 'picocolors';

/** Colour as functions; the identity where the output is no terminal, NO_COLOR is set or `--json` was given. */
export type Paint = Record<
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan',
  (text: string) => string
>;

const none: Paint = {
  bold: String,
  dim: String,
  red: String,
  green: String,
  yellow: String,
  cyan: String,
};

/** The only printer: results on standard output, everything else on standard error. */
export interface Ui {
  paint: Paint;
  width: number;
  interactive: boolean;
  /** A result: what the command was asked for. */
  out: (text: string) => void;
  /** Something about the run. */
  say: (text: string) => void;
  /** A line that is replaced by the next one on a terminal, and printed once elsewhere. */
  progress: (text: string) => void;
  done: () => void;
}

export function terminalUi(options: { json: boolean; yes: boolean }): Ui {
  const errIsTerminal = process.stderr.isTTY === true;
  const paint = process.stdout.isTTY === true && !options.json && pc.isColorSupported ? pc : none;
  let live = false;
  // `secure plan | head` closes the pipe: nobody reads on, and that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const clear = (): void => {
    if (live) process.stderr.write('\r\u001b[K');
    live = false;
  };
  return {
    paint,
    width: process.stdout.columns || 120,
    interactive:
      process.stdin.isTTY === true &&
      process.stdout.isTTY === true &&
      !options.yes &&
      !options.json,
    out: (text) => {
      clear();
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    say: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      clear();
      if (options.json) return;
      if (errIsTerminal) {
        process.stderr.write(`  ${text} …`);
        live = true;
      } else process.stderr.write(`  ${text}\n`);
    },
    done: clear,
  };
}

/** A unified diff with its lines coloured. */
export function paintDiff(diff: string, paint: Paint): string {
  return diff
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return paint.bold(line);
      if (line.startsWith('+')) return paint.green(line);
      if (line.startsWith('-')) return paint.red(line);
      if (line.startsWith('@@')) return paint.cyan(line);
      return line;
    })
    .join('\n');
}
