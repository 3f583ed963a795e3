import { type Document, isMap, parseDocument, type Scalar, YAMLMap } from 'yaml';
import type { Decision, Policy } from '../controls/policy.ts';
import type { FrameworkId } from '../project/project.ts';
import type { Surface } from '../surface/surface.ts';

const head = ` What \`secure\` decided about this API. Review it like code: your edits win.
 access: public, user, role:<name>, or kept (as the application has it)
 limit: general, auth, api, exempt, or { limit: 20, windowSeconds: 60 }`;

/**
 * The decisions as a file for people. An existing text keeps its comments, its order and every value
 * that the owner changed; only the level, the auth type and new routes are written.
 */
export function writeDecisions(
  policy: Policy,
  surface: Surface,
  framework: FrameworkId,
  existing: string | undefined,
): string {
  const newline = existing?.includes('\r\n') === true ? '\r\n' : '\n';
  const document = parseDocument(existing ?? `version: 1\nframework: ${framework}\n`);
  if (existing === undefined) {
    document.delete('framework');
    document.commentBefore = head;
    fillNew(document, policy);
  }
  setScalar(document, 'level', policy.level);
  if (existing === undefined || document.has('auth')) setScalar(document, 'auth', policy.auth);
  if (existing === undefined || document.has('limits')) writeLimits(document, policy);
  writeRoutes(document, policy, surface);
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return newline === '\n' ? text : text.replaceAll('\n', newline);
}

function fillNew(document: Document, policy: Policy): void {
  document.set('level', policy.level);
  document.set('auth', policy.auth);
  document.set('environment', document.createNode(policy.environment));
  comment(
    document,
    'environment',
    ' origins: exact origins of your front ends; proxies: hops or CIDRs in front of the application',
  );
  if (policy.unlisted === 'kept') {
    document.set('unlisted', 'kept');
    comment(
      document,
      'unlisted',
      ' some places could not be read: paths that are not listed stay as they are. `deny` protects them too',
    );
  }
  document.set('limits', document.createNode({}));
  document.set('routes', document.createNode({}));
}

function comment(document: Document, key: string, text: string): void {
  if (!isMap(document.contents)) return;
  const pair = document.contents.items.find((item) => String(item.key) === key);
  const name = pair?.key as Scalar | undefined;
  if (name === undefined || name === null) return;
  const node = typeof name === 'object' ? name : document.createNode(name);
  (node as Scalar).commentBefore = text;
  if (pair !== undefined) pair.key = node;
}

function setScalar(document: Document, key: string, value: string): void {
  if (document.get(key) === value) return;
  const node = document.get(key, true) as Scalar | undefined;
  if (node !== undefined && typeof node === 'object') node.value = value;
  else document.set(key, value);
}

/** The numbers of the level; the decision stage has put the owner's in already. */
function writeLimits(document: Document, policy: Policy): void {
  const values = policy.values[policy.level]?.ratelimit;
  if (values === undefined) return;
  for (const name of ['general', 'auth', 'api', 'account'] as const) {
    const before = document.getIn(['limits', name]) as YAMLMap | undefined;
    const { limit, windowSeconds } = values[name];
    if (before?.get('limit') === limit && before.get('windowSeconds') === windowSeconds) continue;
    const node = document.createNode({ limit, windowSeconds });
    node.flow = true;
    document.setIn(['limits', name], node);
  }
}

function writeRoutes(document: Document, policy: Policy, surface: Surface): void {
  if (!document.has('routes')) document.set('routes', new YAMLMap());
  const routes = document.get('routes', true) as YAMLMap;
  const places = new Map(surface.routes.map((route) => [route.id, route.place]));
  for (const decision of policy.decisions) {
    if (routes.has(decision.route)) continue;
    const node = document.createNode(entry(decision)) as YAMLMap;
    node.flow = true;
    const place = places.get(decision.route);
    const where = place === undefined ? '' : ` (${place.file})`;
    node.comment = ` ${decision.needsAnswer ? 'YOUR ANSWER: ' : ''}${decision.reason}${where}`;
    routes.set(decision.route, node);
  }
}

function entry(decision: Decision): Record<string, unknown> {
  return {
    access: decision.access,
    limit: decision.limit,
    ...(decision.body === 'raw' || decision.body === 'multipart' ? { body: decision.body } : {}),
    ...(decision.bodyBytes === undefined ? {} : { bodyBytes: decision.bodyBytes }),
  };
}
