/**
 * Where the numbering of calls to other nodes begins: no number of an earlier process of this node comes again, so that an answer that was held
 * back in the network over a restart is not taken for the answer to something else.
 */
export function firstCallId(incarnation) {
    return (incarnation % 2 ** 20) * 2 ** 32;
}
//# sourceMappingURL=host-services.js.map