/** What a codec says of a row, as an error of the storage; any other error as it is. `what` names the row. */
export declare function damaged(groupId: number, what: string, cause: unknown): unknown;
