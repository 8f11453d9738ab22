'use strict'
const js = require('@eslint/js')
const tseslint = require('typescript-eslint')
const regexp = require('eslint-plugin-regexp')

module.exports = tseslint.config(
  { ignores: ['dist', 'instance', 'node_modules', 'test-output', 'plugins/status/web/**/*.d.ts'] },
  js.configs.recommended,
  regexp.configs['flat/recommended'],
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: __dirname } },
    rules: {
      eqeqeq: ['error', 'always'],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 15],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['plugins/status/web/**/*.js'],
    languageOptions: { sourceType: 'module' },
    // What a browser knows is TypeScript's business: it checks these files too.
    rules: { eqeqeq: ['error', 'always'], 'no-undef': 'off' },
  },
  {
    files: ['**/*.js'],
    ignores: ['plugins/status/web/**'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        setImmediate: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
)
