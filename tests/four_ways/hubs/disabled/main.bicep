resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-lab'
  location: 'westeurope'
  kind: 'Hub'
  identity: { type: 'SystemAssigned' }
  properties: {
    friendlyName: 'Lab'
    publicNetworkAccess: 'Enabled'
    managedNetwork: {
      isolationMode: 'Disabled'
    }
  }

  resource weather 'outboundRules' = {
    name: 'weather'
    properties: {
      type: 'FQDN'
      destination: 'api.fabrikam.example'
    }
  }
}
