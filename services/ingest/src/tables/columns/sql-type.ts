/** The types that columns have in the working table. */
export type SqlType = 'DOUBLE' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMP' | 'VARCHAR';
