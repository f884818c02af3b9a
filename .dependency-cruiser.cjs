/** The arrows of src/README.md. */
const features = [
  'access',
  'inventory',
  'scans',
  'findings',
  'alerts',
  'history',
  'chart',
  'ledger',
  'reports',
  'start',
];
const notAhead = features.map((feature, place) => ({
  name: `${feature}-looks-back-only`,
  comment: `${feature} may import services of the features before it, never of those after it`,
  severity: 'error',
  from: { path: `^src/${feature}/`, pathNot: '\\.queries\\.ts$' },
  to: {
    path:
      features
        .slice(place + 1)
        .map((later) => `^src/${later}/`)
        .join('|') || '^$',
  },
}));
const ownEntities = features.map((feature) => ({
  name: `${feature}-entities-are-its-own`,
  comment:
    'Ask the other feature’s service; only *.queries.ts may read any table, and src/entities.ts lists them',
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${feature}/`, '\\.queries\\.ts$', '^src/entities\\.ts$'] },
  to: { path: `^src/${feature}/.*\\.entities\\.ts$` },
}));

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'Vocabulary and decisions: no Node API, no package but parsers',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^node_modules/(ipaddr\\.js|yaml|zod|croner)/'] },
    },
    {
      name: 'engine-knows-sockets-only',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/', pathNot: ['^src/(engine|domain)/'] },
    },
    {
      name: 'engine-without-frameworks',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^node_modules/(@nestjs|typeorm|pg|@electric-sql)/' },
    },
    {
      name: 'only-scans-have-an-engine',
      comment: 'The other features read what scans have left behind',
      severity: 'error',
      from: { path: '^src/(access|inventory|findings|alerts|history|chart|ledger|reports|start|platform)/' },
      to: { path: '^src/engine/' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: ['^src/(platform|domain)/', '^src/config\\.ts$'] },
    },
    {
      name: 'features-do-not-know-the-command-line',
      severity: 'error',
      from: { path: `^src/(${features.join('|')})/` },
      to: { path: '^src/(cli/|main\\.ts)' },
    },
    { name: 'no-circles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    ...notAhead,
    ...ownEntities,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
