param scenarios array = ['vscode', 'huggingface']

var hosts = {
  hub: 'huggingface.co'
  marketplace: '*.gallerycdn.vsassets.io'
  update: 'update.code.visualstudio.com'
}

resource hub 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub-contoso-studio'
  location: 'westeurope'
  tags: {
    'hubscan-scenarios': join(scenarios, ',')
    costApproved: '2026-01'
  }
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      firewallSku: 'Basic'
      outboundRules: toObject(items(hosts), host => host.key, host => {
        type: 'FQDN'
        destination: host.value
      })
    }
    provisionNetworkNow: true
  }
}
