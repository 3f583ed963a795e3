// In your project this file is one of auth-jwt, auth-session, auth-apikey and auth-none.
export { make } from './auth-jwt.js';
