export { CODE_NUMBERS, type Code, codeName } from './code.js';
export { type ErrorData, type FieldViolation, invalidFields, notFound, ServiceError } from './service-error.js';
export { translateFailure } from './translate.js';
