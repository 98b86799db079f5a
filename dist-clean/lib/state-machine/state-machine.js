export {};
//# sourceMappingURL=state-machine.js.map