import { hash as argon2, verify as matches } from '@node-rs/argon2';
import { invalid } from './messages.js';
import type { Values } from './policy-types.js';

// The most used ones that a length bound alone lets through (ASVS 6.2.4).
const common = new Set(
  `123123123123 123456789012 1234567890123 123456789012345 1q2w3e4r5t6y 1qaz2wsx3edc abc123abc123 abcdefghijkl
   adminadminadmin administrator changemechangeme correcthorsebatterystaple iloveyou1234 letmeinletmein
   password1234 password12345 passwordpassword q1w2e3r4t5y6 qwertyqwerty qwertyuiop12 qwertyuiop123 welcome12345`.split(
    /\s+/,
  ),
);

export interface Passwords {
  /** Refuses a new password by length and blocklist; it is never changed, and needs no classes (ASVS 6.2.5, 6.2.8). */
  accept: (password: string, email: string, path?: string) => void;
  hash: (password: string) => Promise<string>;
  /** Takes as long for an unknown account as for a known one. */
  verify: (stored: string | undefined, password: string) => Promise<boolean>;
}

/** argon2id with the parameters of the level (OWASP Password Storage cheat sheet). */
export function passwords(values: Values['auth']): Passwords {
  const cost = {
    memoryCost: values.argon2.memory,
    timeCost: values.argon2.time,
    parallelism: values.argon2.parallelism,
  };
  const nobody = argon2('nobody has this password', cost);
  // NIST SP 800-63B-4: one form of Unicode, so that the same keys are the same password everywhere.
  const plain = (password: string): string => password.normalize('NFC');
  return {
    accept: (password, email, path = 'password') => {
      const length = [...password].length;
      if (length < values.passwordMin || length > values.passwordMax) {
        throw invalid(`${values.passwordMin} to ${values.passwordMax} characters are needed`, path);
      }
      const low = password.toLowerCase();
      if (common.has(low) || new Set(low).size < 4 || low === email.toLowerCase()) {
        throw invalid('this one is too common', path);
      }
    },
    hash: (password) => argon2(plain(password), cost),
    verify: async (stored, password) => {
      // A longer one was never accepted; hashing it would be work for whoever sends it.
      const given = [...password].length > values.passwordMax ? '' : plain(password);
      const same = await matches(stored ?? (await nobody), given).catch(() => false);
      return same && stored !== undefined;
    },
  };
}
