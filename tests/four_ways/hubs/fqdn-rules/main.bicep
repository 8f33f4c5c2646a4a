resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-fqdn'
  location: 'westeurope'
  kind: 'hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        storage: { type: 'FQDN', destination: 'stcontoso.blob.core.windows.net' }
        shouting: { type: 'FQDN', destination: 'STCONTOSO.DFS.CORE.WINDOWS.NET' }
        dotted: { type: 'FQDN', destination: 'stcontoso.file.core.windows.net.' }
        vault: { type: 'FQDN', destination: 'kv-contoso.vault.azure.net' }
        everything: { type: 'FQDN', destination: '*' }
        suffix: { type: 'FQDN', destination: '*.com' }
        middle: { type: 'FQDN', destination: 'api.*.fabrikam.example' }
        several: { type: 'FQDN', destination: 'files.fabrikam.example, stcontoso.queue.core.windows.net' }
        port: { type: 'FQDN', destination: 'git.fabrikam.example:22' }
        link: { type: 'FQDN', destination: 'https://docs.fabrikam.example/guide' }
        address: { type: 'FQDN', destination: '192.0.2.10' }
        'bad name': { type: 'FQDN', destination: 'api.fabrikam.example' }
        again: { type: 'FQDN', destination: 'API.fabrikam.example' }
        covered: { type: 'FQDN', destination: 'mail.fabrikam.com' }
      }
    }
  }
}
