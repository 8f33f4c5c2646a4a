@allowed(['dev', 'prod'])
param environment string = 'prod'
param hosts string[] = [
  'api.fabrikam.example'
  'stfabrikam.blob.core.windows.net'
]
param openInternet bool = false

var tags = [
  { name: 'factory', tag: 'DataFactory' }
  { name: 'monitor', tag: 'AzureMonitor' }
]

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-${environment}'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: environment == 'dev' ? 'Enabled' : 'Disabled'
    managedNetwork: {
      isolationMode: openInternet ? 'AllowInternetOutbound' : 'AllowOnlyApprovedOutbound'
    }
    provisionNetworkNow: true
  }
}

resource hostRules 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [
  for (host, index) in hosts: {
    parent: hub
    name: 'host-${index}'
    properties: {
      type: 'FQDN'
      destination: host
    }
  }
]

resource tagRules 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for each in tags: {
  parent: hub
  name: 'tag-${each.name}'
  properties: {
    type: 'ServiceTag'
    destination: {
      serviceTag: each.tag
      protocol: 'TCP'
      portRanges: '443'
    }
  }
}]

resource everything 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = if (openInternet) {
  parent: hub
  name: 'everything'
  properties: {
    type: 'FQDN'
    destination: '*'
  }
}
