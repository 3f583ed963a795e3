import { beforeAll, describe, expect, it } from 'vitest';
import { type Proof, prove } from '../src/proof/prove.ts';
import { proofInput } from './proof-input.ts';

const verdictsOf = (proof: Proof, control: string) =>
  proof.verdicts.filter((verdict) => verdict.control === control);

describe('proof of a server that speaks the contract', () => {
  let proof: Proof;
  beforeAll(async () => {
    proof = await prove({ ...proofInput('hardened'), policyFile: 'policy.mjs', mutate: true });
  }, 120_000);

  it('fails no probe', () => {
    expect(proof.verdicts.filter((verdict) => verdict.verdict === 'failed')).toEqual([]);
    expect(proof.counts.proved).toBeGreaterThan(100);
  });

  it('says why each other row was not run', () => {
    const silent = proof.verdicts.filter((each) => each.verdict === 'not-run' && !each.why);
    expect(silent).toEqual([]);
  });

  it('notices the removal of every control', () => {
    const unnoticed = proof.mutations.filter((mutation) => mutation.outcome !== 'noticed');
    expect(unnoticed).toEqual([]);
    expect(proof.mutations).toHaveLength(8);
  });

  it('shows the exchange without a secret', () => {
    const text = JSON.stringify(proof.verdicts);
    expect(text).toContain('Authorization: Bearer •••');
    expect(text).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}/);
  });

  it('fills the matrix for each decided route', () => {
    const routes = new Set(proof.matrix.map((cell) => cell.route));
    expect([...routes].sort()).toEqual([
      'GET /admin/stats',
      'GET /health',
      'GET /notes',
      'GET /open',
      'POST /notes',
    ]);
  });
});

describe('proof of a bare server', () => {
  let proof: Proof;
  beforeAll(async () => {
    proof = await prove(proofInput('bare'));
  }, 60_000);

  it.each(['headers', 'cors', 'ratelimit', 'validation', 'auth', 'authz', 'errors', 'logging'])(
    'fails %s',
    (control) => {
      const failed = verdictsOf(proof, control).filter((each) => each.verdict === 'failed');
      expect(failed.length).toBeGreaterThan(0);
    },
  );
});
