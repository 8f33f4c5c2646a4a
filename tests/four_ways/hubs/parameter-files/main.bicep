param environment string
param publicAccess bool = false
param mode string = 'Disabled'
param partnerHost string
param tag string = 'AzureMonitor'

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: toLower('hub-fabrikam-${environment}')
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    managedNetwork: {
      isolationMode: mode
      outboundRules: {
        partner: {
          type: 'FQDN'
          destination: partnerHost
        }
        factory: {
          type: 'ServiceTag'
          destination: {
            serviceTag: tag
            protocol: 'TCP'
            portRanges: '443'
          }
        }
      }
    }
    provisionNetworkNow: true
  }
}
