export {};
//# sourceMappingURL=control-port.js.map