#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { Options } from './commands/options.ts';
import { levels } from './controls/level.ts';
import { authTypes } from './controls/policy.ts';
import { severities } from './findings/finding.ts';
import { isKnown, KnownError } from './kernel/errors.ts';
import { terminalUi } from './ui/print.ts';
import { version } from './version.ts';

const verbs = {
  audit: 'read the code and report posture and findings; changes nothing',
  plan: 'show the ordered change set and its diff; changes nothing',
  apply: 'apply the plan and write a journal',
  verify: 'boot the application and prove every control over HTTP',
  undo: 'give back the tree as it was before the last apply',
  explain: 'one control or finding: what, why, sources, how it is proven',
} as const;
type Verb = keyof typeof verbs | 'secure';

const frameworks = ['express', 'nestjs', 'fastapi', 'flask', 'gin', 'auto'];

function program(): Command {
  const root = new Command('secure')
    .description(
      'Audits an API code base, hardens it with ordinary code, and proves every control over HTTP.',
    )
    .version(version)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addOptions(
    root.argument('[target...]', 'a file, a folder, a glob, or an endpoint pattern such as /api/*'),
  );
  root.action((targets: readonly string[], options: Record<string, unknown>) => {
    if (targets.length === 0) root.help();
    refuseMisspelt(targets[0] ?? '');
    return perform('secure', targets, options);
  });
  for (const [verb, description] of Object.entries(verbs)) {
    const argument = verb === 'explain' ? '<id>' : '[target...]';
    const command = root.command(verb).description(description).argument(argument).exitOverride();
    addOptions(command).action(
      (given: string | readonly string[], options: Record<string, unknown>) =>
        perform(verb as Verb, typeof given === 'string' ? [given] : given, options),
    );
  }
  return root;
}

/** One plain word that names nothing here was meant as a command. */
function refuseMisspelt(word: string): void {
  if (!/^[a-z]+$/i.test(word) || existsSync(word)) return;
  throw new CommanderError(2, 'secure.command', `error: unknown command '${word}'`);
}

function addOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--auth <type>', 'authentication to add where there is none').choices([
        ...authTypes,
      ]),
    )
    .addOption(
      new Option('--framework <name>', 'skip detection')
        .choices(frameworks)
        .argParser(lower(frameworks)),
    )
    .addOption(
      new Option('--level <level>', 'how much assurance (default: standard)').choices([...levels]),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 at findings of this severity')
        .choices([...severities])
        .default('high'),
    )
    .option('-y, --yes', 'ask nothing', false)
    .option('--json', 'machine-readable result on standard output', false)
    .option(
      '--report <file>',
      'also write the report: .md, .html, .sarif or .json; may be repeated',
      collect,
      [],
    )
    .option('--baseline <file>', 'known findings that are not reported')
    .option('--update-baseline', 'write the baseline from the findings of this run', false)
    .option('--start <command>', 'how the application is started')
    .option('--url <url>', 'prove a running application')
    .option('--mutate', 'take each control out once and see that a probe notices', false)
    .option('--no-install', 'do not run the package manager')
    .option('--no-test', 'do not run the project’s own tests')
    .option('--force', 'go on although the git tree has uncommitted changes', false);
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

function lower(choices: readonly string[]): (value: string) => string {
  return (value) => {
    const name = value.toLowerCase();
    if (choices.includes(name)) return name;
    throw new CommanderError(
      2,
      'secure.choice',
      `option '--framework <name>' argument '${value}' is invalid. Allowed choices are ${choices.join(', ')}.`,
    );
  };
}

async function perform(
  verb: Verb,
  targets: readonly string[],
  raw: Record<string, unknown>,
): Promise<void> {
  const options = {
    ...raw,
    // A glob that the shell has expanded.
    targets: targets.length > 1 ? targets : undefined,
    framework: raw.framework === 'auto' ? undefined : raw.framework,
  } as unknown as Options;
  const ui = terminalUi(options);
  try {
    const { commands } = await import('./commands/index.ts');
    process.exitCode = await commands[verb](targets[0] ?? '.', options, ui);
  } catch (error) {
    ui.done();
    if (!isKnown(error)) throw error;
    if (options.json)
      ui.out(JSON.stringify({ error: error.message, wayOut: error.wayOut }, null, 2));
    ui.say(`${ui.paint.red('secure:')} ${oneLine(error.message)}`);
    ui.say(`  ${error.wayOut}`);
    process.exitCode = 2;
  }
}

/** A message may carry what another program wrote: of that, the line that names the cause. */
function oneLine(message: string): string {
  const [first = '', ...more] = message.split('\n').map((line) => line.trim());
  const telling =
    more.find((line) => /^[\w.]*(?:Error|Exception)\b.*:/.test(line)) ??
    more.find((line) => /\bE[A-Z]{4,}\b/.test(line)) ??
    more.find((line) => /error|exception/i.test(line)) ??
    more.at(-1);
  return telling === undefined ? first : `${first} ${telling}`;
}

/** What the command line's parser says, in our two lines. */
function misused(error: CommanderError, argv: readonly string[]): KnownError {
  const [said = '', hint] = error.message.replace(/^error: /, '').split(/\n|(?<=invalid)\. /);
  const first = argv.find((word) => !word.startsWith('-')) ?? '';
  const verb = first in verbs ? `${first} ` : '';
  const help = `\`npx slash-secure ${verb}--help\` lists what there is.`;
  if (error.code === 'secure.command')
    return new KnownError(
      `there is no command ${first}`,
      `Commands are ${Object.keys(verbs).join(', ')}.`,
    );
  return new KnownError(said.replace(/\.$/, ''), hint?.replace(/^\((.*)\)$/, '$1') ?? help);
}

try {
  await program().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  const shown =
    error.code === 'commander.help' ||
    error.code === 'commander.helpDisplayed' ||
    error.code === 'commander.version';
  if (!shown) {
    const { message, wayOut } = misused(error, process.argv.slice(2));
    process.stderr.write(`secure: ${message}\n  ${wayOut}\n`);
  }
  process.exitCode = shown ? 0 : 2;
}
