// The choice of this example; a project has one of the `pipes-*.ts` here.
export { pipes } from './pipes-none.js';
