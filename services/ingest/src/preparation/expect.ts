/** Notes a problem of a request's field, unless the condition holds. */
export type Expect = (holds: boolean, field: string, description: string) => void;
