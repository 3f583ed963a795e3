/** Asks one question with fixed answers; Ctrl-C is the last answer, which changes nothing. */
export async function ask<T extends string>(
  message: string,
  answers: readonly { value: T; label: string }[],
): Promise<T> {
  const { isCancel, select } = await import('@clack/prompts');
  const last = answers[answers.length - 1]!.value;
  const options = answers.map(({ value, label }) => ({ value: value as string, label }));
  const answer = await select({ message, options });
  return isCancel(answer) ? last : (answer as T);
}
