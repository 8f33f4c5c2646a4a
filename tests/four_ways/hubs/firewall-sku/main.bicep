param location string = 'westeurope'

resource basic 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub-contoso-basic'
  location: location
  tags: {
    'cost-center': 'lab'
  }
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    provisionNetworkNow: true
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      firewallSku: 'Basic'
      outboundRules: {
        weather: { type: 'FQDN', destination: 'api.fabrikam.example' }
      }
    }
  }
}

resource premium 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub-contoso-premium'
  location: location
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    provisionNetworkNow: true
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      firewallSku: 'Premium'
      outboundRules: {
        weather: { type: 'FQDN', destination: 'api.fabrikam.example' }
      }
    }
  }
}

resource idle 'Microsoft.MachineLearningServices/workspaces@2025-09-01' = {
  name: 'hub-contoso-idle'
  location: location
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    provisionNetworkNow: true
    managedNetwork: {
      isolationMode: 'AllowInternetOutbound'
      firewallSku: 'Standard'
    }
  }
}
