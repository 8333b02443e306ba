// What an account of Kubernetes may do.

/** As the API server itself tells it, for one namespace. */
export async function powersOf(api, namespace) {
  const { body } = await api('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace } });
  const sorted = (rules) => rules.map((rule) => JSON.stringify(rule)).sort();
  return { resources: sorted(body.status.resourceRules), addresses: sorted(body.status.nonResourceRules) };
}

/** Asks for what a program in a pod might want or an intruder would try; gives those that were not refused with 403. */
export async function refusesEverything(api, namespace) {
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'intruder' } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'intruder' }, spec: { containers: [] } };
  const merge = 'application/merge-patch+json';
  /** @type {[what: string, method: string, path: string, body?: object, type?: string][]} */
  const tries = [
    ['GET pods', 'GET', `${core}/pods`],
    ['POST pods', 'POST', `${core}/pods`, pod],
    ['GET secrets', 'GET', `${core}/secrets`],
    ['GET its own secret', 'GET', `${core}/secrets/r-qwarden-listen`],
    ['GET configmaps', 'GET', `${core}/configmaps`],
    ['GET its own rules', 'GET', `${core}/configmaps/r-qwarden-rules`],
    ['PATCH its own rules', 'PATCH', `${core}/configmaps/r-qwarden-rules`, { data: {} }, merge],
    ['POST events', 'POST', `${core}/events`, { metadata: { name: 'intruder' } }],
    ['GET leases', 'GET', leases],
    ['POST leases', 'POST', leases, lease],
    ['GET deployments', 'GET', `${apps}/deployments`],
    ['PATCH its own deployment', 'PATCH', `${apps}/deployments/r-qwarden-worker`, { spec: { replicas: 0 } }, merge],
    ['POST a token of its own', 'POST', `${core}/serviceaccounts/r-qwarden/token`, { spec: {} }],
    ['GET namespaces', 'GET', '/api/v1/namespaces'],
    ['GET nodes', 'GET', '/api/v1/nodes'],
    ['GET secrets of all', 'GET', '/api/v1/secrets'],
  ];
  const taken = [];
  for (const [what, ...request] of tries) {
    const { status } = await api(...request);
    if (status !== 403) taken.push(`${what}: ${status}`);
  }
  return taken;
}
