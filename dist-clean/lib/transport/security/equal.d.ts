/** Both are hashed first: equal lengths for the comparison, whatever was given. */
export declare function isEqualSecret(a: Uint8Array, b: Uint8Array): boolean;
