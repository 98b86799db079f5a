export {};
//# sourceMappingURL=state-port.js.map