using 'main.bicep'

param environment = 'PROD'
param publicAccess = true
param mode = 'AllowOnlyApprovedOutbound'
param partnerHost = '*.blob.core.windows.net'
param tag = 'DataFactory'
