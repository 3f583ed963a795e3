import type { Policy } from '../../controls/policy.ts';
import { mountCall } from '../../languages/python/mount.ts';
import type { Project } from '../../project/project.ts';
import type { Place } from '../../surface/surface.ts';
import type { Edit, NewFile, RecipeInput } from '../framework.ts';
import { entryOf, furtherApps } from './application.ts';
import { always, authFiles } from './files.ts';
import { type PythonLayout, pythonLayout } from './layout.ts';
import { ownerTest } from './owner-test.ts';
import { printPolicy } from './print.ts';

/** What differs between the two Python frameworks. */
export interface Carrier {
  /** Blueprint files of this framework alone. */
  files: readonly string[];
  /** Printed files beside the policy. */
  printed: (policy: Policy) => Readonly<Record<string, string>>;
}

type Mounted = { files: readonly NewFile[]; edits: readonly Edit[] };

/** One import and one call where the application is complete; also the shared and the printed files. */
export function mountWith(carrier: Carrier): (input: RecipeInput) => Mounted {
  return (input) => {
    const { project, surface, policy, blueprint } = input;
    const layout = pythonLayout(project);
    const copied = [...always, ...carrier.files, ...authFiles(policy)].map(
      (name): NewFile => ({
        file: `${layout.folder}/${name}`,
        text: blueprint.files[name] ?? missing(name),
        kind: 'copied',
      }),
    );
    const printed = Object.entries({
      'policy.py': printPolicy(policy),
      ...carrier.printed(policy),
    }).map(
      ([name, text]): NewFile => ({ file: `${layout.folder}/${name}`, text, kind: 'printed' }),
    );
    const place = entryOf(project, surface);
    const test = ownerTest({
      project,
      layout,
      place,
      text: blueprint.files['owner/test_policy.py'],
    });
    return {
      files: [...copied, ...printed, ...(test === undefined ? [] : [test])],
      edits: [edit(project, place, layout), ...further(input, place, layout)],
    };
  };
}

/** An empty file in its place would end the start of the owner's application. */
function missing(name: string): never {
  throw new Error(`the blueprint has no file ${name}`);
}

function edit(project: Project, place: Place | undefined, layout: PythonLayout): Edit {
  const file = place?.file ?? project.entry ?? project.manifest;
  const from = layout.from(file);
  const paste = `from ${from} import secure\n\nsecure(app)  # behind the routes and error handlers`;
  const text = place === undefined ? undefined : project.tree.read(place.file);
  if (place === undefined || text === undefined) {
    const why = 'the place where the application is made was not found';
    return { end: 'cannot', file, why, paste };
  }
  const top = layout.entry.dotted.split('.')[0] ?? '';
  const isOwn = (module: string): boolean =>
    module.startsWith('.') || module === top || module.startsWith(`${top}.`);
  const done = mountCall(text, { line: place.line, from, name: 'secure', isOwn });
  if (done.end === 'cannot') return { end: 'cannot', file, why: done.why, paste };
  if (done.end === 'there') return { end: 'there', file, why: 'the call stands there' };
  return { end: 'edited', file, text: done.text, why: `mounts ${layout.folder}` };
}

/** Whether another application of the file shall have the same controls is the owner's to say. */
function further(
  { project, surface }: RecipeInput,
  place: Place | undefined,
  layout: PythonLayout,
): Edit[] {
  if (place === undefined) return [];
  const { file } = place;
  const names = furtherApps(project.tree.read(file) ?? '', surface, place);
  return names.map((name) => ({
    end: 'cannot',
    file,
    why: `${name} is an application of its own, and nothing stands in front of it`,
    paste: `from ${layout.from(file)} import secure\n\nsecure(${name})  # behind its routes and error handlers`,
  }));
}
