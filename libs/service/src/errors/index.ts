export { CODE_NUMBERS, type Code, codeName } from './code.js';
export { translateFailure } from './translate.js';
export { type ErrorData, type FieldViolation, invalidFields, notFound, ServiceError } from './service-error.js';
