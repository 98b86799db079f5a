/** R44: the engine's routes in front of real applications, express and fastify, whose own pipes, guards, prefix, CORS and body parsers must not touch them. */
import 'reflect-metadata';
