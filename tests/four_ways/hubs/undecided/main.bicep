param mode string
param access string

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-any'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: access
    managedNetwork: {
      isolationMode: mode
      outboundRules: {
        weather: { type: 'FQDN', destination: 'api.fabrikam.example' }
        storage: { type: 'FQDN', destination: 'stcontoso.blob.core.windows.net' }
      }
    }
    provisionNetworkNow: true
  }
}
