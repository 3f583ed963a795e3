import type { Provider } from '@nestjs/common';

/** No pipe of ours: the application has its own, or its bodies are no classes with validators. */
export const pipes: Provider[] = [];
