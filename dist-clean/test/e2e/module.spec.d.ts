/** The module in real applications: boot, shutdown, providers, health. */
import 'reflect-metadata';
