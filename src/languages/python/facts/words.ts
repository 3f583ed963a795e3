/** Names under which secrets are kept. */
export const secretName = /secret|password|passwd|api_?key|token|private_?key|jwt_?key/i;

/** Data that is made up for a demonstration or a test. */
export const pretends =
  /fake|seed|dummy|mock|lorem|sample|fixture|factor(?:y|ies)\b|demo|populate|generate_?(?:data|users)|test/i;
