/* Runs before every test file: TypeORM's and Nest's decorators need this polyfill before they are evaluated. */
import 'reflect-metadata';
