param hosts array
param allowMonitor bool
param targets array = ['stcontosoa', 'stcontosob']

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-loop'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      firewallSku: 'Standard'
    }
    provisionNetworkNow: true
  }
}

resource hostRules 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for (host, i) in hosts: {
  parent: hub
  name: 'host-${i}'
  properties: {
    type: 'FQDN'
    destination: '${host}.fabrikam.example'
  }
}]

resource internet 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = if (allowMonitor) {
  parent: hub
  name: 'internet'
  properties: {
    type: 'ServiceTag'
    destination: {
      serviceTag: 'Internet'
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}

resource targetRules 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for target in targets: {
  parent: hub
  name: target
  properties: {
    type: 'PrivateEndpoint'
    destination: {
      serviceResourceId: resourceId('Microsoft.Storage/storageAccounts', target)
      subresourceTarget: 'blobs'
      sparkEnabled: false
    }
  }
}]
